/** An amount as people read it: `38.00 EUR`. */
export function formatCents(cents: number): string {
  return `${(cents / 100).toFixed(2)} EUR`;
}
