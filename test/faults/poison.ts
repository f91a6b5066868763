/**
 * Loaded into a worker ahead of its own code: whatever asks the model about the question that POISON names ends its
 * process at once, as a crash in native code or the kernel's out-of-memory killer would.
 */
const poison = process.env['POISON'] ?? '';
const plainFetch = globalThis.fetch;

globalThis.fetch = (input, init) => {
  if (poison !== '' && typeof init?.body === 'string' && init.body.includes(poison))
    process.kill(process.pid, 'SIGKILL');
  return plainFetch(input, init);
};
