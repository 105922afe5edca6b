/// <reference path="./next/index.d.ts" />
/// <reference path="./next/images.d.ts" />
