"""Which function makes the change that a rewrite asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flake8_aa_celery import rewrites
from flake8_aa_celery.fixes import (
    add_key,
    add_logger,
    add_shared_task,
    add_wraps,
    call_after,
    chain_instead_of_group,
    drop_exception,
    drop_noqa_codes,
    drop_option,
    hand_to_on_commit,
    import_instead,
    log_start,
    loop_to_chain,
    method_instead_of_call,
    option_into_kwargs,
    option_on_each,
    rename,
    rename_key,
    rename_method,
    rename_option,
    rename_text,
    replace_expression,
    replace_option,
    send_on_commit,
    set_imported_option,
    set_option,
    task_decorator_on_top,
    use_apply_async,
    use_shared_task,
    wrap_expression,
)

if TYPE_CHECKING:
    from flake8_aa_celery.fixes import Change
    from flake8_aa_celery.fixes._tree import Place


def change_for(rewrite: rewrites.RewriteOfOneFile, place: Place) -> Change:
    """What becomes of a file by a rewrite; mypy sees to it that there is a case for each class of them.

    :param place: that of the violation.
    :raises Refused: where it cannot be done right.
    """
    match rewrite:
        case rewrites.AddKey():
            return add_key.rewrite(place, rewrite)
        case rewrites.AddLogger():
            return add_logger.rewrite(place, rewrite)
        case rewrites.AddSharedTask():
            return add_shared_task.rewrite(place, rewrite)
        case rewrites.AddWraps():
            return add_wraps.rewrite(place, rewrite)
        case rewrites.CallAfter():
            return call_after.rewrite(place, rewrite)
        case rewrites.ChainInsteadOfGroup():
            return chain_instead_of_group.rewrite(place, rewrite)
        case rewrites.DropNoqaCodes():
            return drop_noqa_codes.rewrite(place, rewrite)
        case rewrites.DropException():
            return drop_exception.rewrite(place, rewrite)
        case rewrites.DropOption():
            return drop_option.rewrite(place, rewrite)
        case rewrites.HandToOnCommit():
            return hand_to_on_commit.rewrite(place, rewrite)
        case rewrites.ImportInstead():
            return import_instead.rewrite(place, rewrite)
        case rewrites.LogStart():
            return log_start.rewrite(place, rewrite)
        case rewrites.LoopToChain():
            return loop_to_chain.rewrite(place, rewrite)
        case rewrites.MethodInsteadOfCall():
            return method_instead_of_call.rewrite(place, rewrite)
        case rewrites.OptionIntoKwargs():
            return option_into_kwargs.rewrite(place, rewrite)
        case rewrites.OptionOnEach():
            return option_on_each.rewrite(place, rewrite)
        case rewrites.Rename():
            return rename.rewrite(place, rewrite)
        case rewrites.RenameKey():
            return rename_key.rewrite(place, rewrite)
        case rewrites.RenameMethod():
            return rename_method.rewrite(place, rewrite)
        case rewrites.RenameOption():
            return rename_option.rewrite(place, rewrite)
        case rewrites.RenameText():
            return rename_text.rewrite(place, rewrite)
        case rewrites.ReplaceExpression():
            return replace_expression.rewrite(place, rewrite)
        case rewrites.ReplaceOption():
            return replace_option.rewrite(place, rewrite)
        case rewrites.SendOnCommit():
            return send_on_commit.rewrite(place, rewrite)
        case rewrites.SetImportedOption():
            return set_imported_option.rewrite(place, rewrite)
        case rewrites.SetOption():
            return set_option.rewrite(place, rewrite)
        case rewrites.TaskDecoratorOnTop():
            return task_decorator_on_top.rewrite(place, rewrite)
        case rewrites.UseApplyAsync():
            return use_apply_async.rewrite(place, rewrite)
        case rewrites.UseSharedTask():
            return use_shared_task.rewrite(place, rewrite)
        case rewrites.WrapExpression():
            return wrap_expression.rewrite(place, rewrite)
