/** Somebody on one platform. */
export type Person = {
  /** The platform's id. */
  readonly id: string;
  /** As others see it. */
  readonly name: string;
  /** BCP 47, e.g. `de-AT`; undefined where the platform does not tell. */
  readonly locale: string | undefined;
  /** IANA, e.g. `Europe/Vienna`; undefined where the platform does not tell. */
  readonly timeZone: string | undefined;
};
