import type { ApprovalQuery } from '@nest-saga/core/engine';
import { checkListLimit, checkNames, checkText, decodeWaitingCursor } from '@nest-saga/core/engine';
import { defaultLimit, optional, readNumber } from './check-saga-list.js';

/** The filters for a list of approvals. */
export interface ApprovalList extends Omit<ApprovalQuery, 'limit'> {
  /** The size of a page, from 1 to 1,000. @default 50 */
  readonly limit?: number;
}

/** The same filters as strings of a URL's query, for example `?role=finance&limit=20`. */
export type ApprovalListStrings = { readonly [Name in keyof ApprovalList]?: string };

const known = ['saga', 'role', 'cursor', 'limit'];

/**
 * Checks a query, which may come from a request: the limit may be text.
 *
 * @throws InvalidArgumentError
 */
export function checkApprovalList(query: unknown): ApprovalQuery {
  const { saga, role, cursor, limit = defaultLimit } = checkNames('query', query, known);
  return {
    limit: checkListLimit(readNumber(limit)),
    ...optional('saga', saga, (value) => checkText('saga', value, 100)),
    ...optional('role', role, (value) => checkText('role', value, 100)),
    ...optional('cursor', cursor, checkCursor),
  };
}

function checkCursor(cursor: unknown): string {
  const text = checkText('cursor', cursor, 300);
  decodeWaitingCursor(text);
  return text;
}
