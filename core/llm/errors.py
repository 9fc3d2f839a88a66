"""What can go wrong at the model's door, in words a learner may read."""

from core.errors import PermanentError, RetryableError


class BadKey(PermanentError):
    """The model provider did not accept this site's key. Whoever runs the site has to correct it."""

    code = "bad_key"


class QuotaExhausted(PermanentError):
    """This site's account with the model provider is used up. Whoever runs the site has to top it up."""

    code = "quota_exhausted"


class BadRequest(PermanentError):
    """The model provider did not understand the request."""

    code = "bad_request"


class ContextTooLong(BadRequest):
    """This is more text than the model can read at once. Try with less."""

    code = "context_too_long"


class ModelNotFound(PermanentError):
    """The model provider does not have the configured model. Whoever runs the site has to choose another."""

    code = "model_not_found"


class ProviderMissing(PermanentError):
    """The software for the configured model provider is not installed."""

    code = "provider_missing"


class Refused(PermanentError):
    """The model declined to write about this. Try other words."""

    code = "refused"


class RateLimited(RetryableError):
    """The model provider is busy."""

    code = "rate_limited"


class ProviderUnavailable(RetryableError):
    """The model provider cannot be reached."""

    code = "unavailable"


class ModelTimeout(RetryableError):
    """The model took too long."""

    code = "timeout"


class CutStream(RetryableError):
    """The connection to the model broke in the middle of the answer."""

    code = "cut_stream"


class InvalidOutput(RetryableError):
    """The model's answer did not have the form that was asked for."""

    code = "invalid_output"


class EmptyAnswer(InvalidOutput):
    """The model answered nothing."""

    code = "empty_answer"


class TruncatedOutput(InvalidOutput):
    """The model stopped in the middle of its answer."""

    code = "truncated_output"
