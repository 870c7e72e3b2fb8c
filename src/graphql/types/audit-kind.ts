import { AUDIT_KINDS, type AuditKind, auditKindName } from '../../store/audit/kinds.ts';
import { builder } from '../builder.ts';
import { enumValues } from '../enum-values.ts';

const kinds = Object.entries(AUDIT_KINDS) as [AuditKind, string][];

export const AuditKindEnum = builder.enumType('AuditKind', {
  description: 'Kinds of events in the audit trail.',
  values: enumValues(kinds.map(([kind, description]) => ({ name: auditKindName(kind), value: kind, description }))),
});
