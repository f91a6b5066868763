#!/usr/bin/env node
import { processEnvironment } from '../config.ts';
import { runClient } from './run.ts';

process.exitCode = await runClient(process.argv.slice(2), {
  environment: processEnvironment,
  stdin: process.stdin,
  write: (text) => void process.stdout.write(text),
  complain: (text) => void process.stderr.write(text),
});
