/**
 * The conduct after a statement that wrote a group failed:
 * - `split`: one of its rows may be to blame, so each is tried separately.
 * - `hung`: one of its rows may be to blame, but nothing is known about any of them.
 * - `fail`: all of them share the reason, for example a lost connection.
 */
export type ErrorConduct = 'split' | 'hung' | 'fail';
