/** Values that wait for the next call of a name, each for one. */
export type Once<Value> = {
  readonly plan: (call: string, value: Value) => void;
  /** The value that was planned first for this call, used up by asking. */
  readonly take: (call: string) => Value | undefined;
};

export function openOnce<Value>(): Once<Value> {
  const planned: { readonly call: string; readonly value: Value }[] = [];
  return {
    plan: (call, value) => void planned.push({ call, value }),
    take(call) {
      const at = planned.findIndex((one) => one.call === call);
      return at === -1 ? undefined : planned.splice(at, 1)[0]?.value;
    },
  };
}
