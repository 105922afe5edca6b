import { NextResponse, type NextRequest } from "next/server";
import { show } from "../../lib/show";

export const config = { runtime: "edge" };

export default function edge(request: NextRequest) {
  return NextResponse.json({ ...show(request), runtime: process.env.NEXT_RUNTIME });
}
