/** The test writes the real URL into the compiled file. */
export const url = '';
