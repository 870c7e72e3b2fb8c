import type { Command } from 'commander';
import { examine, type Finding } from '../process/doctor.ts';
import { printResult } from './command.ts';

export function addDoctorCommand(program: Command, env: NodeJS.ProcessEnv): void {
  program
    .command('doctor')
    .description(
      'Check settings, database, keys, clock and demo data without changing anything. Exits with 1 if there is an error.',
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  $ gatehouse doctor --json')
    .action(async (_options, command: Command) => {
      const findings = await examine(env, new Date());
      const healthy = findings.every(({ state }) => state !== 'error');
      if (!healthy) process.exitCode = 1;
      printResult(command, { facts: { healthy, findings }, text: findings.map(line).join('\n') });
    });
}

const line = ({ check, state, message }: Finding): string => `${state.padEnd(8)} ${check.padEnd(14)} ${message}`;
