import { AccessToken } from './entities/access-token.ts';
import { AuditEvent } from './entities/audit-event.ts';
import { Authorization } from './entities/authorization.ts';
import { AuthorizationCode } from './entities/authorization-code.ts';
import { Client } from './entities/client.ts';
import { ClientAssertion } from './entities/client-assertion.ts';
import { ClientSecret } from './entities/client-secret.ts';
import { Consent } from './entities/consent.ts';
import { Group } from './entities/group.ts';
import { GroupMember } from './entities/group-member.ts';
import { KeyCheck } from './entities/key-check.ts';
import { LogoutDelivery } from './entities/logout-delivery.ts';
import { AuthorizationRequest } from './entities/pending-authorization.ts';
import { RateLimit } from './entities/rate-limit.ts';
import { RefreshToken } from './entities/refresh-token.ts';
import { Scope } from './entities/scope.ts';
import { Session } from './entities/session.ts';
import { SetupTicket } from './entities/setup-ticket.ts';
import { SigningKey } from './entities/signing-key.ts';
import { User } from './entities/user.ts';

/** Every table there is. */
export const entities = [
  AccessToken,
  AuditEvent,
  Authorization,
  AuthorizationCode,
  AuthorizationRequest,
  Client,
  ClientAssertion,
  ClientSecret,
  Consent,
  Group,
  GroupMember,
  KeyCheck,
  LogoutDelivery,
  RateLimit,
  RefreshToken,
  Scope,
  Session,
  SetupTicket,
  SigningKey,
  User,
];
