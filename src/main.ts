import { enableCompileCache } from 'node:module';

// Kept between starts in the system's folder for temporary files: the hub starts in two thirds of the time, because its
// TypeScript is not stripped of its types again. It has to be on before anything else is loaded.
enableCompileCache();
const { runCommand } = await import('./cli.ts');
await runCommand(process.argv.slice(2));
