/** Discord's ids begin with the milliseconds since the start of 2015 (docs: Reference, "Snowflakes"). */
const DISCORD_EPOCH_MS = 1_420_070_400_000n;

/** When the thing with this id was made; undefined when it is no snowflake. */
export function dateOfSnowflake(id: string): Date | undefined {
  return isSnowflake(id) ? new Date(Number((BigInt(id) >> 22n) + DISCORD_EPOCH_MS)) : undefined;
}

/** The smallest id of that moment: what is newer has a greater one. */
export function snowflakeOf(date: Date): string {
  const since = BigInt(date.getTime()) - DISCORD_EPOCH_MS;
  return String((since < 0n ? 0n : since) << 22n);
}

/** A number of 64 bits, in decimal. */
export const isId = (id: string): boolean => /^\d{1,20}$/.test(id) && (id.length < 20 || BigInt(id) < 1n << 64n);

export const isSnowflake = (id: string): boolean => id.length >= 15 && isId(id);
