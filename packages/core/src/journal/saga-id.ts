const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a text is the id of a saga in its normal form: a UUID in lower case, as PostgreSQL returns it. */
export function isSagaId(text: string): boolean {
  return uuid.test(text);
}
