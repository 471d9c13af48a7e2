/** The highest `seq` of an entry. */
export const maximumSeq = 2_147_483_647;
