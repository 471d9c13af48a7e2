/** The prefix of the line in a child's output that is its answer; all other lines are output of libraries. */
export const answerPrefix = '@answer ';
