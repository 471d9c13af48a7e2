/** What a line of a child's output begins with that is its answer, and not a word of some library. */
export const answerPrefix = '@answer ';
