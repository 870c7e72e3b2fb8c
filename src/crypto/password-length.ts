/** NIST SP 800-63B §3.1.1.2: lengths in characters. */
export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 1024;
