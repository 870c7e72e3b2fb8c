import type { Actor } from '../../directory/actor.ts';
import type { UserRow } from '../../directory/read-users.ts';
import { optional, type Params } from '../../oauth/params.ts';
import type { SessionRow } from '../../store/sessions.ts';
import type { HttpContext } from '../context.ts';
import type { Section } from '../pages/account-section.ts';
import type { Html } from '../pages/layout.ts';

/** One section of the account page: what its form changes, and how the section looks. */
export interface AccountForm {
  /** What the page says after the change. */
  readonly done: string;
  /** Throws a DomainError for what the user can correct. */
  readonly change: (ctx: HttpContext, actor: Actor, userId: string, params: Params) => Promise<unknown>;
  readonly show: (ctx: HttpContext, view: AccountView) => Html | Promise<Html>;
}

export interface AccountView {
  readonly section: Section;
  readonly session: SessionRow;
  readonly user: UserRow;
  /** The rejected form, if it belongs to this section. */
  readonly rejected: Params | undefined;
}

/** The value that the user typed into a rejected form, otherwise the stored value. */
export const typedOr = (stored: string, rejected: Params | undefined, field: string): string =>
  rejected ? (optional(rejected, field) ?? '') : stored;
