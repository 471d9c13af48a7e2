/** The condition that a header does not wait, or waits for the next attempt of a step. The other waits have no known length. */
export const isAgeing =
  "header.waiting IS NULL OR header.waiting LIKE 'retry:%' OR header.waiting LIKE 'overdue:%'";
