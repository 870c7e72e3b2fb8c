/** The NOTIFY channel on which the database sends the id of each audit event. */
export const AUDIT_CHANNEL = 'gatehouse_audit';
