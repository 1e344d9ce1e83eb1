// The microphone as a WAV file, with its level and its length while it runs. It ends when it is told to, or when the microphone does;
// how long somebody is silent is none of its business.
(() => {
  "use strict";
  const RATE = 16000; // what recognisers take; a browser that cannot convert gives its own
  const LIMIT_S = 300;
  const TAP = `registerProcessor("viva-tap", class extends AudioWorkletProcessor {
    process([[channel]]) { if (channel) this.port.postMessage(channel.slice()); return true; }
  })`;
  const REFUSED = {
    NotAllowedError: "The microphone was refused. Allow it for this page in your browser and press record again. Typing works as before.",
    NotFoundError: "No microphone was found. Connect one and press record again. Typing works as before.",
    NotReadableError: "Another program holds the microphone. Close it and press record again. Typing works as before.",
  };
  const INSECURE = "Your browser lets a page use the microphone only over https, or at 127.0.0.1. Typing and uploading a recording work.";
  const why = (error) => REFUSED[error.name] ?? `The microphone could not be opened (${error.name}). Typing works as before.`;

  const contextAt = async (stream) => {
    for (const wished of [{ sampleRate: RATE }, {}]) {
      const context = new AudioContext(wished);
      try {
        return [context, context.createMediaStreamSource(stream)];
      } catch (error) {
        await context.close();
        if (!wished.sampleRate) throw error;
      }
    }
  };
  const tapOf = async (context) => {
    const code = URL.createObjectURL(new Blob([TAP], { type: "text/javascript" }));
    try {
      await context.audioWorklet.addModule(code);
    } finally {
      URL.revokeObjectURL(code);
    }
    return new AudioWorkletNode(context, "viva-tap", { numberOfOutputs: 0 });
  };
  const wav = (parts, rate) => {
    const count = parts.reduce((sum, part) => sum + part.length, 0);
    const head = new DataView(new ArrayBuffer(44));
    const text = (at, words) => [...words].forEach((letter, n) => head.setUint8(at + n, letter.charCodeAt(0)));
    text(0, "RIFF");
    head.setUint32(4, 36 + 2 * count, true);
    text(8, "WAVEfmt ");
    head.setUint32(16, 16, true);
    head.setUint16(20, 1, true);
    head.setUint16(22, 1, true);
    head.setUint32(24, rate, true);
    head.setUint32(28, 2 * rate, true);
    head.setUint16(32, 2, true);
    head.setUint16(34, 16, true);
    text(36, "data");
    head.setUint32(40, 2 * count, true);
    return new Blob([head, ...parts], { type: "audio/wav" });
  };

  // Opens the microphone. `told` gets {level: 0..1, seconds} now and then, `over` is called when it ends without being told to.
  // Rejects with a sentence. What it gives: stop() -> the WAV file and its length, drop() -> nothing.
  const record = async (told, over) => {
    if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) throw new Error(INSECURE);
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    } catch (error) {
      throw new Error(why(error));
    }
    const release = () => stream.getTracks().forEach((track) => track.stop());
    let context, source, tap;
    try {
      [context, source] = await contextAt(stream);
      tap = await tapOf(context);
    } catch (error) {
      release();
      await context?.close();
      throw new Error(why(error));
    }
    const parts = [];
    let count = 0, peak = 0, open = true;
    tap.port.onmessage = ({ data }) => {
      if (!open) return;
      const part = new Int16Array(data.length);
      for (let n = 0; n < data.length; n++) {
        const value = Math.max(-1, Math.min(1, data[n]));
        peak = Math.max(peak, Math.abs(value));
        part[n] = value * 32767;
      }
      parts.push(part);
      count += part.length;
    };
    source.connect(tap);
    await context.resume();
    const ticking = setInterval(() => {
      if (context.state !== "running") context.resume();
      const seconds = count / context.sampleRate;
      told({ level: peak, seconds });
      peak = 0;
      if (seconds >= LIMIT_S) over("Five minutes are over, so the recording has ended.");
    }, 80);
    const close = () => {
      open = false;
      clearInterval(ticking);
      release();
      source.disconnect();
      context.close();
    };
    stream.getAudioTracks()[0].onended = () => { if (open) over("The microphone was taken away. What was recorded until then is here."); };
    return {
      stop: () => {
        close();
        return { file: wav(parts, context.sampleRate), seconds: count / context.sampleRate };
      },
      drop: close,
    };
  };
  window.viva.record = record;
})();
