declare module "next/constants" {
  /** What a function in next.config is called with: why the configuration is read. */
  export const PHASE_EXPORT = "phase-export";
  export const PHASE_ANALYZE = "phase-analyze";
  export const PHASE_PRODUCTION_BUILD = "phase-production-build";
  export const PHASE_PRODUCTION_SERVER = "phase-production-server";
  export const PHASE_DEVELOPMENT_SERVER = "phase-development-server";
  export const PHASE_TEST = "phase-test";
  export const PHASE_INFO = "phase-info";
  export type PHASE_TYPE =
    | typeof PHASE_EXPORT
    | typeof PHASE_ANALYZE
    | typeof PHASE_PRODUCTION_BUILD
    | typeof PHASE_PRODUCTION_SERVER
    | typeof PHASE_DEVELOPMENT_SERVER
    | typeof PHASE_TEST
    | typeof PHASE_INFO;
}
