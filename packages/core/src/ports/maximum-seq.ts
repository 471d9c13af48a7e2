/** The last place that an entry of a journal can have. */
export const maximumSeq = 2_147_483_647;
