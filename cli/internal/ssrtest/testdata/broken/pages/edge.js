import { memo } from "react";
export default memo(function P() {});
export const config = { runtime: "edge" };
