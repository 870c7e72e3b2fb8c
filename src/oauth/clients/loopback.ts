/** RFC 8252 §7.3: http on a loopback address written as such. */
const ADDRESS = /^http:\/\/(127\.0\.0\.1|\[::1\])(:\d{1,5})?(?=[/?]|$)/;
/** RFC 8252 §8.3: the name may be registered, but it is compared as any other. */
const ADDRESS_OR_NAME = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?=[:/?]|$)/;

export const isLoopbackAddress = (uri: string): boolean => ADDRESS.test(uri);

export const isLoopback = (uri: string): boolean => ADDRESS_OR_NAME.test(uri);

/** RFC 8252 §7.3: an app that runs there takes any port that is free when it starts, so the port counts for nothing. */
export const withoutLoopbackPort = (uri: string): string => uri.replace(ADDRESS, 'http://$1');
