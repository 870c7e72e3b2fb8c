/** RFC 8252 §7.3: http on a loopback IP literal. */
const ADDRESS = /^http:\/\/(127\.0\.0\.1|\[::1\])(:\d{1,5})?(?=[/?]|$)/;
const LOCALHOST = /^http:\/\/localhost(:\d{1,5})?(?=[/?]|$)/;
/** RFC 8252 §8.3: `localhost` may be registered as well. */
const ADDRESS_OR_NAME = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?=[:/?]|$)/;

export const isLoopbackAddress = (uri: string): boolean => ADDRESS.test(uri);

export const isLocalhost = (uri: string): boolean => LOCALHOST.test(uri);

export const isLoopback = (uri: string): boolean => ADDRESS_OR_NAME.test(uri);

/** RFC 8252 §7.3: a native app listens on any free port, so the port of a loopback address is ignored. */
export const withoutLoopbackPort = (uri: string): string => uri.replace(ADDRESS, 'http://$1');

export const withoutLocalhostPort = (uri: string): string => uri.replace(LOCALHOST, 'http://localhost');
