declare module "next/og" {
  import type { ReactElement } from "react";

  export interface ImageResponseOptions extends ResponseInit {
    width?: number;
    height?: number;
    emoji?: "twemoji" | "blobmoji" | "noto" | "openmoji" | "fluent" | "fluentFlat";
    fonts?: Array<{
      data: ArrayBuffer;
      name: string;
      weight?: 100 | 200 | 300 | 400 | 500 | 600 | 700 | 800 | 900;
      style?: "normal" | "italic";
      lang?: string;
    }>;
    debug?: boolean;
  }

  /** A picture made of JSX and CSS. */
  export class ImageResponse extends Response {
    constructor(element: ReactElement, options?: ImageResponseOptions);
  }
}
