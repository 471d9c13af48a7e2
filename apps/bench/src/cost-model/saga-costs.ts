/**
 * The costs of the parts of a saga on a machine, in milliseconds of one core. A statement contains the writes of many
 * sagas, so it has its own cost and a cost for each row; a row is one step, without user code.
 */
export interface SagaCosts {
  readonly clientStatementMs: number;
  readonly clientRowMs: number;
  readonly serverStatementMs: number;
  readonly serverRowMs: number;
  /** The time in which the disk makes the log durable, for any amount of it. It uses no processor time. */
  readonly flushMs: number;
  /** The bytes of write-ahead log for one row. */
  readonly walRowBytes: number;
}

/** The figures of one measured load. */
export interface MeasuredLoad {
  /** The durable writes of a saga: n + 1 for n steps. */
  readonly writes: number;
  readonly commitsPerSaga: number;
  readonly clientCpuMs: number;
  readonly serverCpuMs: number;
  readonly walBytesPerSaga: number;
}

/**
 * Splits measured loads into the cost of a statement and the cost of a row. A saga costs `writes × row + commits ×
 * statement`, and loads differ in how many rows share a commit, so two or more loads give both unknowns, by least
 * squares of the relative error.
 *
 * @throws Error for fewer than two loads.
 */
export function fitCosts(loads: readonly MeasuredLoad[], flushMs: number): SagaCosts {
  if (loads.length < 2) throw new Error('Costs are taken from two loads or more.');
  const client = fit(loads, ({ clientCpuMs }) => clientCpuMs);
  const server = fit(loads, ({ serverCpuMs }) => serverCpuMs);
  const busiest = loads.reduce((one, other) => (other.commitsPerSaga < one.commitsPerSaga ? other : one));
  return {
    clientStatementMs: client.statement,
    clientRowMs: client.row,
    serverStatementMs: server.statement,
    serverRowMs: server.row,
    flushMs,
    walRowBytes: busiest.walBytesPerSaga / busiest.writes,
  };
}

/** Solves the normal equations of `1 = (writes × row + commits × statement) / measured`; no cost is negative. */
function fit(loads: readonly MeasuredLoad[], measuredOf: (load: MeasuredLoad) => number) {
  let [rowRow, rowStatement, statementStatement, row1, statement1] = [0, 0, 0, 0, 0];
  for (const load of loads) {
    const measured = measuredOf(load);
    const [row, statement] = [load.writes / measured, load.commitsPerSaga / measured];
    rowRow += row * row;
    rowStatement += row * statement;
    statementStatement += statement * statement;
    row1 += row;
    statement1 += statement;
  }
  const determinant = rowRow * statementStatement - rowStatement ** 2;
  if (Math.abs(determinant) < 1e-9) return { row: row1 / rowRow, statement: 0 };
  const row = (row1 * statementStatement - statement1 * rowStatement) / determinant;
  const statement = (statement1 * rowRow - row1 * rowStatement) / determinant;
  if (row < 0) return { row: 0, statement: statement1 / statementStatement };
  if (statement < 0) return { row: row1 / rowRow, statement: 0 };
  return { row, statement };
}
