"""Refusals and faults become pages in the user's language; nothing of the inside is shown."""

from __future__ import annotations

import errno
import logging
from typing import Any

from flask import Flask, g, make_response, render_template, request
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ..kernel.bilingual import Bilingual
from ..kernel.errors import Conflict, Full, Refusal
from .access import DENIED, ask_sign_in, needs_sign_in
from .language import language, spoken
from .resend import Unwritten, has_typed, is_from_elsewhere, is_unsafe_to_echo, send_again_page
from .security import request_id

log = logging.getLogger("portal.web")

TITLES: dict[int, Bilingual] = {
    400: Bilingual("请求有误", "That request cannot be read"),
    403: Bilingual("没有权限", "Not permitted"),
    404: Bilingual("没有这一页", "Page not found"),
    405: Bilingual("没有这一页", "Page not found"),
    409: Bilingual("情况已变化", "Something changed"),
    413: Bilingual("内容太大", "Too large"),
    422: Bilingual("需要改正", "Something has to be corrected"),
    429: Bilingual("尝试次数太多", "Too many tries"),
    500: Bilingual("系统出错", "Something went wrong on our side"),
    503: Bilingual("系统正忙", "The portal is busy"),
    507: Bilingual("存储空间已满", "No room left"),
}
SENTENCES: dict[int, Bilingual] = {
    400: Bilingual(
        "系统读不懂这次请求。请返回上一页再试。", "The portal could not read this request. Go back and try again."
    ),
    403: DENIED,
    404: Bilingual(
        "这一页不存在，或者不在你的管辖范围内。", "This page does not exist, or it is not among those you may see."
    ),
    405: Bilingual(
        "这个地址不能这样打开。请从首页进入。", "This address cannot be opened this way. Start from the home page."
    ),
    413: Bilingual(
        "上传的内容超过了上限。请减小文件后再试。", "What was sent is over the limit. Make the file smaller."
    ),
    429: Bilingual("请稍后再试。", "Wait a while, then try again."),
    500: Bilingual(
        "出错的是系统，不是你。已保存的内容没有丢失。请把下面的编号告诉我们。",
        "The fault is ours, not yours. What you saved is safe. Tell us the number below.",
    ),
    503: Bilingual("请稍等片刻再试一次。", "Wait a moment and try again."),
}

_FROM_ELSEWHERE = Bilingual(
    "这份表单不是从本平台的页面提交的，因此没有受理。请从首页进入后再填写。",
    "This form was not sent from a page of this portal, so it was not taken. Start from the home page.",
)


def apply_refusal(form: FlaskForm, refusal: Refusal) -> None:
    """Puts the refusal's sentences on the form's fields; one without a field goes to the form itself."""
    for name, message in refusal.fields.items():
        field = form._fields.get(name)
        errors = form.form_errors if field is None else _errors_of(field)
        errors.append(spoken(message))
    if not refusal.fields:
        form.form_errors.append(spoken(refusal.message))


def _errors_of(field: Any) -> list[str]:
    field.errors = list(field.errors)
    errors: list[str] = field.errors
    return errors


def page(status: int, sentence: Bilingual | None = None) -> Response:
    g.is_error_page = True
    body = render_template(
        "errors/error.html",
        status=status,
        title=spoken(TITLES.get(status, TITLES[400])),
        sentence=spoken(sentence or SENTENCES.get(status, SENTENCES[400])),
    )
    return _with_hint(make_response(body, status))


def _with_hint(response: Response) -> Response:
    if response.status_code == 503:
        response.headers["Retry-After"] = "5"
    return response


def _unwritten(status: int, sentence: Bilingual | None = None) -> Response:
    """The portal's own fault or need. What somebody typed comes back with it, to be sent once more: the browser's back
    button may have forgotten it, and files with it."""
    try:
        if request.method != "POST" or is_from_elsewhere() or not has_typed():
            return page(status, sentence)
    except OSError:  # the form could not be read either: no room for what was sent
        return page(status, sentence)
    g.is_error_page = True
    said = Unwritten(status, TITLES[status], sentence or SENTENCES[status])
    return _with_hint(send_again_page(unwritten=said))


def _refused(refusal: Refusal) -> Response:
    if isinstance(refusal, Conflict) and request.method == "POST":
        return _conflict(refusal)
    return (_unwritten if refusal.status >= 500 else page)(refusal.status, refusal.message)


def _conflict(refusal: Conflict) -> Response:
    g.is_error_page = True
    typed = [(k, v) for k, values in request.form.lists() if not is_unsafe_to_echo(k) for v in values if len(v) > 12]
    body = render_template(
        "errors/conflict.html",
        message=spoken(refusal.message),
        changed={label: spoken(text) for label, text in refusal.changed.items()},
        typed="\n".join(value for _key, value in typed),
    )
    return make_response(body, 409)


def _csrf(error: CSRFError) -> Response:
    log.info("form refused: %s", error.description, extra={"request_id": request_id()})
    if is_from_elsewhere():
        return page(403, _FROM_ELSEWHERE)
    return ask_sign_in() if needs_sign_in() else send_again_page()


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    response = page(405 if error.code == 405 else error.code if error.code in TITLES else 400)
    response.status_code = error.code
    return response


def _address() -> str:
    """The path for the log; of a one-time link only its shape, for the link itself opens an account."""
    is_secret = request.url_rule is not None and "link" in (request.view_args or {})
    return str(request.url_rule) if is_secret else request.path


def _fault(error: Exception) -> Response:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        log.error("no room left: request %s %s [%s]", request.method, _address(), request_id(), exc_info=error)
        return _refused(Full())
    log.error("request %s %s failed [%s]", request.method, _address(), request_id(), exc_info=error)
    return _unwritten(500)


def init_errors(app: Flask) -> None:
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)
    app.jinja_env.globals["error_language"] = language
