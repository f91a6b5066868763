/** Whether clocks somewhere go by this name: IANA's, as `Europe/Vienna`. Pure. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
