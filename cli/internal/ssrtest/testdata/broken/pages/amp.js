export const config = { amp: "hybrid" };
export default function Amp() { return null; }
