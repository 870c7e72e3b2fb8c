import { AccessToken } from './access-token.ts';
import { AuditEvent } from './audit-event.ts';
import { Authorization } from './authorization.ts';
import { AuthorizationCode } from './authorization-code.ts';
import { Client } from './client.ts';
import { ClientAssertion } from './client-assertion.ts';
import { ClientSecret } from './client-secret.ts';
import { Consent } from './consent.ts';
import { Group } from './group.ts';
import { GroupMember } from './group-member.ts';
import { KeyCheck } from './key-check.ts';
import { KnownBrowser } from './known-browser.ts';
import { LogoutDelivery } from './logout-delivery.ts';
import { PendingAuthorization } from './pending-authorization.ts';
import { RateLimit } from './rate-limit.ts';
import { RefreshToken } from './refresh-token.ts';
import { Scope } from './scope.ts';
import { Session } from './session.ts';
import { SetupTicket } from './setup-ticket.ts';
import { SigningKey } from './signing-key.ts';
import { User } from './user.ts';

/** All entities; every table has one. */
export const entities = [
  AccessToken,
  AuditEvent,
  Authorization,
  AuthorizationCode,
  Client,
  ClientAssertion,
  ClientSecret,
  Consent,
  Group,
  GroupMember,
  KeyCheck,
  KnownBrowser,
  LogoutDelivery,
  PendingAuthorization,
  RateLimit,
  RefreshToken,
  Scope,
  Session,
  SetupTicket,
  SigningKey,
  User,
];
