import type { DataSource, EntityManager } from 'typeorm';
import { checkCommand } from '../command/saga-command.js';
import type { SagaCommand } from '../command/saga-command.js';
import { ActRefusedError } from '../errors/act-refused-error.js';
import { CommandRetryableError } from '../errors/command-retryable-error.js';
import { tableIn } from '../table/participant-table.js';
import { prepareTable } from '../table/prepare-table.js';
import { resolveOptions } from './barrier-options.js';
import type { SagaBarrierOptions } from './barrier-options.js';
import { isRetryable } from './is-retryable.js';
import { replyText } from './plain-json.js';
import { statementsOn } from './statements.js';
import type { BarrierStatements } from './statements.js';
import { decide } from './verdict.js';
import type { BarrierRow } from './verdict.js';

/** The work of a command, in the transaction of the manager. It returns the reply: plain JSON, or nothing. */
export type CommandWork<Reply> = (manager: EntityManager) => Reply | Promise<Reply>;

/**
 * Gives each command of a saga one effect in the database of this service, in whatever order and however often the
 * commands arrive. The record of a command and its work are one transaction.
 */
export class SagaBarrier {
  private readonly options: Required<SagaBarrierOptions>;
  private readonly statements: BarrierStatements;

  /**
   * @param dataSource PostgreSQL, and initialized before the first command.
   * @throws TypeError for an option that does not exist, or a wrong value.
   */
  constructor(
    private readonly dataSource: DataSource,
    options: SagaBarrierOptions = {},
  ) {
    this.options = resolveOptions(options);
    this.statements = statementsOn(tableIn(this.options.schema));
  }

  /**
   * Prepares the table, as the option `migrations` says. `SagaBarrierModule` calls it.
   *
   * @throws ParticipantTableError if the table is missing and must not, or may not, be created.
   */
  async open(): Promise<void> {
    const { schema, migrations } = this.options;
    await prepareTable(this.dataSource, schema, migrations);
  }

  /**
   * Does the work of a command once.
   *
   * - A command that comes again gets the stored reply, and its work is not called.
   * - An undo whose act never came does no work and returns undefined. The act is refused from then on.
   * - An undo whose act is still running waits for the end of its transaction.
   * - If the work throws, everything is rolled back, and the same command may come again.
   *
   * All changes have to go through the manager. Effects outside of this database are not covered.
   *
   * @returns The reply as it is stored; undefined if the work returned nothing or was not needed.
   * @throws ActRefusedError if the undo of this act came before it; CommandRetryableError if PostgreSQL rolled the
   * transaction back because of another one; ReplyNotStorableError; InvalidCommandError; the error of the work.
   *
   * @example
   * return barrier.run(commandOf(headers), async (manager) => {
   *   const { id } = await manager.save(Payment, { sagaId, cents });
   *   return { paymentId: id };
   * });
   */
  async run<Reply>(command: SagaCommand, work: CommandWork<Reply>): Promise<Reply | undefined> {
    const checked = checkCommand(command);
    try {
      const reply = await this.dataSource.transaction(this.options.isolationLevel, (manager) =>
        this.runIn(manager, checked, work),
      );
      return reply === undefined ? undefined : (JSON.parse(reply) as Reply);
    } catch (error) {
      throw isRetryable(error) ? new CommandRetryableError(checked, error) : error;
    }
  }

  /**
   * Forgets the commands that nothing has repeated for so long: a command that comes after that is a new one. So choose
   * an age that no saga and no message reaches, for example 90 days.
   *
   * @param ageMs The age in milliseconds, by the clock of the database.
   * @returns The number of deleted rows.
   * @throws RangeError for an age that is not a positive number.
   */
  async purge(ageMs: number): Promise<number> {
    if (!Number.isFinite(ageMs) || ageMs <= 0)
      throw new RangeError('Pass a positive number of milliseconds.');
    const [, count] = (await this.dataSource.query(this.statements.purge, [ageMs])) as [unknown, number];
    return count;
  }

  private async runIn(
    manager: EntityManager,
    command: SagaCommand,
    work: CommandWork<unknown>,
  ): Promise<string | undefined> {
    const { sagaId, step, action } = command;
    const rows = (await manager.query(this.statements.begin[action], [sagaId, step])) as BarrierRow[];
    const verdict = decide(action, rows);
    if (verdict.kind === 'refused') throw new ActRefusedError(command);
    if (verdict.kind === 'repeated') return verdict.reply ?? undefined;
    const reply = verdict.kind === 'work' ? replyText(await work(manager)) : undefined;
    await manager.query(this.statements.finish[action], [sagaId, step, reply ?? null]);
    return reply;
  }
}
