"""Who listens and who speaks: decided here, from the settings, and nowhere else. A recording leaves the machine only where that was set."""

from tutor.endpoint import Endpoint
from tutor.settings import Settings
from tutor.speech.espeak import EspeakSpeaker, espeak_program
from tutor.speech.sphinx import SphinxTranscriber
from tutor.speech.types import Speaker, SpeechError, Transcriber
from tutor.speech.whisper import WhisperTranscriber, has_model, has_whisper


def transcriber_of(settings: Settings, endpoint: Endpoint | None, terms: str = "") -> Transcriber | None:
    """Who listens, None where nobody shall. `endpoint` is the server in use, `terms` what is likely to be said. Raises SpeechError.

    By itself: the server where a model for it is named, else Whisper where it and its model are installed, else the offline recogniser.
    """
    choice = settings.transcriber
    if choice == "auto":
        named = settings.transcription_model and endpoint
        choice = "endpoint" if named else "whisper" if has_whisper() and has_model(settings.whisper_model) else "sphinx"
    if choice == "off":
        return None
    if choice == "whisper":
        return WhisperTranscriber(settings.whisper_model, terms)
    if choice == "sphinx":
        return SphinxTranscriber()
    from tutor.speech.remote import EndpointTranscriber

    return EndpointTranscriber(_model_at(endpoint, settings.transcription_model, "listens", "VIVA_TRANSCRIPTION_MODEL"), terms)


def speaker_of(settings: Settings, endpoint: Endpoint | None) -> Speaker | None:
    """Who reads questions aloud, beside the browser's own voices; None where nobody else does. Raises SpeechError.

    By itself: the server where a model for it is named, else espeak-ng where it is installed.
    """
    choice = settings.speaker
    if choice == "auto":
        choice = "endpoint" if settings.speech_model and endpoint else "espeak" if espeak_program() else "off"
    if choice == "off":
        return None
    if choice == "espeak":
        return EspeakSpeaker(settings.voice) if settings.voice else EspeakSpeaker()
    from tutor.speech.remote import EndpointSpeaker

    at = _model_at(endpoint, settings.speech_model, "speaks", "VIVA_SPEECH_MODEL")
    return EndpointSpeaker(at, settings.voice) if settings.voice else EndpointSpeaker(at)


def _model_at(endpoint: Endpoint | None, model: str, does: str, setting: str) -> Endpoint:
    """The endpoint with a model that does this in place of the one that chats. Raises SpeechError."""
    if endpoint is None:
        raise SpeechError(f"No server is connected that {does}. Connect one on the settings page, or set OPENAI_BASE_URL.")
    if not model:
        raise SpeechError(f"No model is named that {does} at {endpoint.host}. Set {setting}.")
    return endpoint.model_copy(update={"model": model})
