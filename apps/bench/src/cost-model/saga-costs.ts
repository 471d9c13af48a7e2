/**
 * What the parts of a saga cost on some machine, in milliseconds of one core. A statement carries the writes of many
 * sagas, so it costs something for itself and something for each row in it; a row stands for one step, user code left
 * out.
 */
export interface SagaCosts {
  readonly clientStatementMs: number;
  readonly clientRowMs: number;
  readonly serverStatementMs: number;
  readonly serverRowMs: number;
  /** How long the disk takes to make the log durable, however much of it there is. Nobody computes meanwhile. */
  readonly flushMs: number;
  /** Bytes of write-ahead log of one row. */
  readonly walRowBytes: number;
}

/** What is known of one measured load. */
export interface MeasuredLoad {
  /** Durable writes that a saga needs: n + 1 for n steps. */
  readonly writes: number;
  readonly commitsPerSaga: number;
  readonly clientCpuMs: number;
  readonly serverCpuMs: number;
  readonly walBytesPerSaga: number;
}

/**
 * Takes measured loads apart into the cost of a statement and the cost of a row. A saga costs
 * `writes × row + commits × statement`, and loads differ in how many rows share a commit, so two unknowns and two or
 * more loads give both, by least squares of the relative error.
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

/** Solves the normal equations of `1 = (writes × row + commits × statement) / measured`; no cost is below nothing. */
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
