import Image, { getImageProps } from "next/image";
import dot from "../images/dot.png";

const blur = "data:image/png;base64,iVBORw0KGgo=";

export default function Images() {
  const background = getImageProps({ src: dot, alt: "", sizes: "100vw", quality: 31, placeholder: "blur" }).props;
  return (
    <main>
      <Image id="tiny" src="/a.png" alt="tiny" width={10} height={10} />
      <Image id="between" src="/a.png" alt="between" width={300} height={10} />
      <Image id="huge" src="/a.png" alt="huge" width={4000} height={10} />
      <Image id="text-size" src="/a.png" alt="text" width="120" height="30" />
      <Image id="vw" src="/a.png" alt="vw" width={300} height={10} sizes="(max-width: 400px) 80vw, 10vw" />
      <Image id="px" src="/a.png" alt="px" width={300} height={10} sizes="300px" />
      <Image id="fill" src={dot} alt="fill" fill placeholder="blur" className="cover" style={{ objectFit: "contain", color: "red" }} />
      <Image id="blur-url" src="/a.png" alt="blur" width={40} height={40} placeholder="blur" blurDataURL={blur} />
      <Image id="placeholder-url" src="/a.png" alt="data" width={40} height={40} placeholder="data:image/gif;base64,R0lGODlhAQABAAAAACw=" />
      <Image id="remote" src="https://a.b.example.com/p.png?x=1&y=2" alt="remote" width={40} height={40} quality={100} />
      <Image id="low" src="/a.png" alt="low" width={40} height={40} quality={44} />
      <Image id="priority" src="/a.png" alt="priority" width={40} height={40} priority sizes="50vw" />
      <Image id="high" src="/b.png" alt="high" width={40} height={40} fetchPriority="high" crossOrigin="anonymous" referrerPolicy="no-referrer" />
      <Image id="preload-remote" src="https://a.example.com/p.png" alt="preload" width={40} height={40} preload crossOrigin="use-credentials" />
      <Image id="decoding" src="/a.png" alt="sync" width={40} height={40} decoding="sync" loading="eager" />
      <Image id="vector" src="/v.svg" alt="vector" width={40} height={40} />
      <Image id="blob" src="blob:abc" alt="blob" width={40} height={40} />
      <Image id="raw" src="/raw.png?v=2" alt="raw" width={40} height={40} unoptimized />
      <Image id="use-map" src="/a.png" alt="map" width={40} height={40} useMap="#map" hidden tabIndex={0} aria-label="label" data-x="y" />
      <div style={{ backgroundImage: background.srcSet }} />
    </main>
  );
}
