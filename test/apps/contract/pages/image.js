import Image, { getImageProps } from "next/image";
import dot from "../images/dot.png";
import icon from "../images/icon.svg";

const loader = ({ src, width, quality }) => `https://images.example.com${src}?w=${width}&q=${quality || 75}`;

export default function Images() {
  const { props } = getImageProps({ src: "/photo.png", alt: "props", width: 64, height: 64 });
  return (
    <main>
      <Image id="plain" src="/photo.png" alt="plain" width={300} height={200} />
      <Image id="import" src={dot} alt="import" />
      <Image id="blur" src={dot} alt="blur" placeholder="blur" />
      <Image id="sizes" src="/photo.png" alt="sizes" width={300} height={200} sizes="(max-width: 600px) 50vw, 300px" />
      <Image id="fill" src="/photo.png" alt="fill" fill />
      <Image id="fill-sizes" src="/photo.png" alt="fill" fill sizes="33vw" style={{ objectFit: "cover" }} />
      <Image id="priority" src="/photo.png" alt="priority" width={400} height={100} priority />
      <Image id="preload" src="/photo.png" alt="preload" width={500} height={100} preload />
      <Image id="eager" src="/photo.png" alt="eager" width={100} height={100} loading="eager" />
      <Image id="unoptimized" src="/photo.png" alt="unoptimized" width={100} height={100} unoptimized />
      <Image id="svg" src="/icon.svg" alt="svg" width={100} height={100} />
      <Image id="svg-import" src={icon} alt="svg" />
      <Image id="data" src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="data" width={1} height={1} />
      <Image id="quality" src="/photo.png" alt="quality" width={100} height={100} quality={60} />
      <Image id="loader" src="/photo.png" alt="loader" width={100} height={100} loader={loader} />
      <Image id="override" src="/photo.png" overrideSrc="/override.png" alt="override" width={100} height={100} className="c" title="t" />
      <img id="props" {...props} />
    </main>
  );
}
