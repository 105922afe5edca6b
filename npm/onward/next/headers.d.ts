declare module "next/headers" {
  import type { RequestCookie, RequestCookies, ResponseCookie, ResponseCookies } from "next/server";

  // These work in the App Router only; pages read the request that their data functions get.

  interface ReadonlyRequestCookies
    extends Omit<RequestCookies, "set" | "clear" | "delete">, Pick<ResponseCookies, "set" | "delete"> {}

  interface ReadonlyHeaders extends Headers {
    /** @deprecated Headers of a request cannot be changed. */
    append(...values: any[]): void;
    /** @deprecated Headers of a request cannot be changed. */
    set(...values: any[]): void;
    /** @deprecated Headers of a request cannot be changed. */
    delete(...values: any[]): void;
  }

  export function cookies(): Promise<ReadonlyRequestCookies>;
  export function headers(): Promise<ReadonlyHeaders>;
  export function draftMode(): Promise<{ readonly isEnabled: boolean; enable(): void; disable(): void }>;
  export type { RequestCookie, ResponseCookie };
}
