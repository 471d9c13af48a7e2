import type { CommandSurroundings, ExitCode } from './command-surroundings.js';
import { importStorageCommands } from './storage-commands.js';

/**
 * Passes a command about the saga tables to the package that implements it.
 *
 * @throws CommandError if that package is not installed.
 */
export async function runStorageCommand(
  command: string,
  commandArguments: readonly string[],
  surroundings: CommandSurroundings,
): Promise<ExitCode> {
  const { runCommand } = await importStorageCommands(command, surroundings.directory);
  return runCommand([command, ...commandArguments], surroundings.environment, surroundings);
}
