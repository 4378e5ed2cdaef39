"""What each verb of the trail says to a reader, room by room: the one home of these words.

The trail keeps the codes, they are part of its digests; pages say the words. A verb is named as the thing to do, for
beside it stands whether it was done or refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..kernel.bilingual import Bilingual, both

GROUPS: tuple[tuple[Bilingual, Mapping[str, Bilingual]], ...] = (
    (
        Bilingual("登录与身份", "Signing in"),
        {
            "sign-in": Bilingual("登录", "Sign in"),
            "sign-in.first-step": Bilingual("登录第一步：密码", "Sign in, first step: password"),
            "sign-in.second-factor-set": Bilingual("登录并设置第二步验证", "Sign in and set up the second step"),
            "sign-in.failed": Bilingual("登录：用户名或密码不对", "Sign in with a wrong name or password"),
            "sign-in.code-failed": Bilingual("登录：验证码不对", "Sign in with a wrong code"),
            "sign-out": Bilingual("退出登录", "Sign out"),
            "identity.confirmed": Bilingual("重新验证身份", "Prove identity once more"),
            "proof.failed": Bilingual("重新验证身份：密码不对", "Prove identity with a wrong password"),
            "proof.code-failed": Bilingual("重新验证身份：验证码不对", "Prove identity with a wrong code"),
            "reset.asked": Bilingual("申请重设密码", "Ask for a new password"),
            "link.sent": Bilingual("发送一次性链接", "Send a one-time link"),
            "credential.reset": Bilingual("用链接重设密码", "Set a new password by link"),
            "recovery.issued": Bilingual("发放恢复码", "Issue a recovery code"),
            "recovery.used": Bilingual("用恢复码重设密码", "Set a new password by recovery code"),
            "recovery.failed": Bilingual("使用恢复码：恢复码不对", "Use a wrong recovery code"),
            "session.ended": Bilingual("结束一处登录", "End one sign-in of one’s own"),
            "session.others-ended": Bilingual("结束其他各处登录", "End one’s other sign-ins"),
            "denied": Bilingual("打开无权访问的页面", "Open a page without permission"),
        },
    ),
    (
        Bilingual("账号", "Accounts"),
        {
            "account.registered": Bilingual("注册账号", "Register an account"),
            "account.created": Bilingual("建立账号", "Create an account"),
            "account.invited": Bilingual("邀请工作人员", "Invite an officer"),
            "invitation.accepted": Bilingual("接受邀请", "Accept an invitation"),
            "account.changed": Bilingual("修改账号信息", "Change account details"),
            "account.disabled": Bilingual("停用账号", "Disable an account"),
            "account.enabled": Bilingual("启用账号", "Enable an account"),
            "credential.changed": Bilingual("修改密码", "Change the password"),
            "second-factor.begun": Bilingual("开始更换第二步验证", "Begin to change the second step"),
            "second-factor.changed": Bilingual("更换第二步验证", "Change the second step"),
            "second-factor.reset": Bilingual("重置第二步验证", "Reset the second step"),
            "sessions.ended": Bilingual("结束账号的全部登录", "End all sign-ins of an account"),
            "post.given": Bilingual("授予岗位", "Give a post"),
            "post.ended": Bilingual("终止岗位", "End a post"),
        },
    ),
    (
        Bilingual("企业", "Enterprises"),
        {
            "registration.started": Bilingual("开始入链登记", "Begin a registration"),
            "member.invited": Bilingual("邀请同事", "Invite a colleague"),
            "member.post-given": Bilingual("给同事岗位", "Give a colleague a post"),
            "member.ended": Bilingual("终止同事的岗位", "End a colleague’s post"),
            "purposes.chosen": Bilingual("调整数据用途", "Change the purposes"),
            "particulars.changed": Bilingual("更新基本信息", "Change the particulars"),
            "position.changed": Bilingual("变更链上位置", "Change the chain position"),
            "above-scale.entered": Bilingual("录入规模以上状态", "Enter an above-scale status"),
            "size.computed": Bilingual("计算企业规模", "Compute a size class"),
            "designation.entered": Bilingual("录入企业认定", "Enter a designation"),
            "enrolment-code.issued": Bilingual("发放登记码", "Issue an enrolment code"),
            "register-list.read": Bilingual("读取名录文件", "Read a register list"),
            "register-list.loaded": Bilingual("导入名录", "Load a register list"),
            "register-list.forgotten": Bilingual("清除未确认的名录文件", "Forget a register list nobody confirmed"),
        },
    ),
    (
        Bilingual("季度填报", "Quarterly filing"),
        {
            "filing.start": Bilingual("开始填报", "Begin a filing"),
            "filing.save": Bilingual("保存填报", "Save a filing"),
            "filing.hand_over": Bilingual("填报交负责人确认", "Hand a filing over to the certifier"),
            "filing.send_back": Bilingual("填报退回填报人", "Send a filing back to the preparer"),
            "filing.submit": Bilingual("提交填报", "Submit a filing"),
            "filing.withdraw": Bilingual("撤回填报", "Withdraw a filing"),
            "filing.reply": Bilingual("回复填报审核提问", "Answer a question about a filing"),
            "filing.remind": Bilingual("催报", "Remind who has not filed"),
            "due.listed": Bilingual("列出应报企业", "List who owes the quarter"),
            "open": Bilingual("开放报送期", "Open a filing window"),
            "extend": Bilingual("延长报送期", "Extend a filing window"),
            "quarter.accept": Bilingual("确认并锁定季度", "Accept and lock a quarter"),
            "quarter.unlock": Bilingual("解除季度锁定", "Take the lock of a quarter back"),
        },
    ),
    (
        Bilingual("审核", "Review"),
        {
            "case.save": Bilingual("保存登记内容", "Save a registration"),
            "case.submit": Bilingual("提交登记", "Submit a registration"),
            "case.withdraw": Bilingual("撤回登记", "Withdraw a registration"),
            "case.handed-over": Bilingual("登记转交其他填报单元", "Hand a registration to another unit"),
            "case.claim": Bilingual("认领审核件", "Claim a case"),
            "case.release": Bilingual("取消认领审核件", "Release a case"),
            "case.assign": Bilingual("指派审核件", "Assign a case"),
            "case.ask": Bilingual("向企业提问", "Ask the enterprise"),
            "case.reply": Bilingual("回复审核提问", "Answer a question"),
            "case.close-remark": Bilingual("关闭提问", "Close a question"),
            "case.approve": Bilingual("审核通过", "Approve a case"),
            "case.return": Bilingual("退回修改", "Return a case for changes"),
            "case.reject": Bilingual("不予通过", "Reject a case"),
            "case.void": Bilingual("作废", "Make a case void"),
            "case.reopen": Bilingual("重新打开审核件", "Reopen a case"),
            "case.undo": Bilingual("撤销通过", "Undo an approval"),
        },
    ),
    (
        Bilingual("政策扶持", "Policy support"),
        {
            "support.begin": Bilingual("开始政策申请", "Begin an application"),
            "support.save": Bilingual("保存政策申请", "Save an application"),
            "support.submit": Bilingual("提交政策申请", "Submit an application"),
            "support.withdraw": Bilingual("撤回政策申请", "Withdraw an application"),
            "support.load": Bilingual("载入政策", "Load the policies"),
            "support.budget": Bilingual("录入政策预算", "Enter a support budget"),
            "support.enter-list": Bilingual("录入名单", "Enter on a dated list"),
            "support.read-list": Bilingual("读取名单文件", "Read a dated list"),
            "support.load-list": Bilingual("导入名单", "Load a dated list"),
            "support.policy-draft": Bilingual("起草政策", "Draft a policy"),
            "support.policy-submit": Bilingual("提交政策草稿", "Submit a policy draft"),
            "support.policy-reopen": Bilingual("退回政策草稿", "Give a policy draft back"),
            "support.policy-drop": Bilingual("放弃政策草稿", "Drop a policy draft"),
            "support.policy-publish": Bilingual("发布政策", "Publish a policy"),
            "support.policy-withdraw": Bilingual("撤下政策", "Withdraw a policy"),
        },
    ),
    (
        Bilingual("凭证与回执", "Papers"),
        {
            "record.issued": Bilingual("补发入链登记凭证", "Issue a record of registration"),
            "paper.prepare": Bilingual("制作文书", "Prepare a paper for print"),
            "paper.revoke": Bilingual("撤销文书", "Revoke a paper"),
            "paper.unknown-code": Bilingual("查验不存在的文书", "Verify a code that opens no paper"),
        },
    ),
    (
        Bilingual("统计与发布", "Figures and releases"),
        {
            "cells.rebuilt": Bilingual("重算汇总数据", "Recount the cells"),
            "panels.renewed": Bilingual("重算可比样本", "Renew the like-for-like panels"),
            "enter": Bilingual("录入官方数据", "Enter an official figure"),
            "prepare": Bilingual("准备数据发布", "Prepare a release"),
            "release": Bilingual("签发数据发布", "Sign off a release"),
        },
    ),
    (
        Bilingual("计划与目录", "Plan and catalogue"),
        {
            "load": Bilingual("载入随系统提供的数据", "Load what comes with the portal"),
            "draft": Bilingual("起草目录修改", "Draft a change of the catalogue"),
            "take-out": Bilingual("从草稿中取出一项", "Take an entry out of a draft"),
            "submit": Bilingual("提交目录草稿", "Submit a catalogue draft"),
            "reopen": Bilingual("退回目录草稿", "Give a catalogue draft back"),
            "publish": Bilingual("发布目录修改", "Publish a catalogue draft"),
            "drop": Bilingual("放弃草稿", "Drop a draft"),  # of the catalogue or of a release
            "mark-day": Bilingual("标注日历日期", "Mark a day of the calendar"),
            "mark-year": Bilingual("标注日历年度", "Mark a year of the calendar"),
        },
    ),
    (
        Bilingual("查阅与系统", "Reading and the machine"),
        {
            "read": Bilingual("查看保密内容", "Read what is confidential"),
            "download": Bilingual("下载文件", "Download a file"),
            "export": Bilingual("导出清单", "Export a list"),
            "retry-job": Bilingual("重试后台任务", "Try a job again"),
            "demo.load": Bilingual("载入演示数据", "Load the demo"),
        },
    ),
)
VERBS: Mapping[str, Bilingual] = {verb: title for _, verbs in GROUPS for verb, title in verbs.items()}


def verb_title(verb: str) -> Bilingual:
    """A verb that only an older portal wrote stands as it was written: the trail is never changed."""
    return VERBS.get(verb) or both(verb)
