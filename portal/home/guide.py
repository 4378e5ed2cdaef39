"""The help page: what each role does here, step by step, in both languages. Words only."""

from __future__ import annotations

from dataclasses import dataclass

from ..kernel.bilingual import Bilingual
from ..kernel.roles import Actor, Role


@dataclass(frozen=True, slots=True)
class Part:
    """Help for one kind of reader; open when it is the reader's own."""

    title: Bilingual
    steps: tuple[Bilingual, ...]
    roles: frozenset[Role]
    is_open: bool = False


_B = Bilingual
PARTS: tuple[Part, ...] = (
    Part(
        _B("公众：公开数据和核验", "Everybody: published figures, and verifying a paper"),
        (
            _B(
                "首页和“公开数据”是已发布的汇总数，可以下载CSV或Excel，注明来源和期间即可自由使用。“–”表示不公布或没有企业填报。",
                "The home page and “Published figures” hold released totals, free to use as CSV or Excel with source "
                "and period named. A dash: not published, or no enterprise to report.",
            ),
            _B(
                "收到登记凭证、回执或告知书的，用手机扫码，或在“核验凭证与回执”输入二维码旁的核验码（空格、大小写不限），"
                "逐项对照页面与纸面。",
                "Given a paper? Scan its code with a telephone, or type the 16 letters and digits beside it under "
                "“Verify a paper” (spaces and capitals do not matter), and compare line by line.",
            ),
            _B(
                "显示“已撤销”或“已被取代”的，不再作数。登记凭证仅表明该企业已在本平台登记。",
                "“Revoked” and “Superseded” no longer count. A record of registration says only that the enterprise "
                "is registered here.",
            ),
        ),
        frozenset(),
    ),
    Part(
        _B("企业：登记", "Enterprises: registering"),
        (
            _B("在首页点“企业注册”，开通账号。", "Open an account from the home page: “Register an enterprise”."),
            _B(
                "在“入链登记”逐项同意数据用途。只有“运行监测”是登记和填报必需的，其他用途以后可以收回。",
                "Under “Registration” each purpose of the data is accepted by itself. Only monitoring is needed to "
                "register and file; the others can be taken back.",
            ),
            _B(
                "填写统一社会信用代码、行业、产业链位置和上年数据。没填完也可以保存，下次接着填。",
                "Fill in the credit code, the industry, the place on the chain and last year’s figures. "
                "An unfinished form can be saved and continued.",
            ),
            _B(
                "上传营业执照，或填写县级部门发给的登记码。",
                "Upload the business licence, or enter the enrolment code the county gave you.",
            ),
            _B(
                "提交后由县级审核员审核。被退回时，意见写在对应的项目旁边。",
                "The county officer reviews it. If it is returned, the remarks stand beside the items they are about.",
            ),
        ),
        frozenset({Role.APPLICANT}),
    ),
    Part(
        _B("企业：季度填报", "Enterprises: the quarterly filing"),
        (
            _B(
                "首页列出待办事项和截止日期。从“季度填报”打开本季度，逐项填写；上季度和去年同期的数在同一行。",
                "The home page lists what is due. Open the quarter under “Quarterly filing”; the previous quarter and "
                "the same quarter of last year "
                "stand on the same row.",
            ),
            _B(
                "流量指标可以按本季度填，也可以按年初累计填，另一列自动算出。金额可以用元、千元或万元填写。",
                "Flows can be typed for the quarter or year to date; the other is computed. Money "
                "can be typed in yuan, "
                "thousand yuan or 10,000 yuan.",
            ),
            _B(
                "红色错误改正后才能提交；黄色提示确认无误后说明原因即可，不影响提交。",
                "Red errors must be corrected before submission. Amber ones only need a reason and never block.",
            ),
            _B(
                "填报人交负责人确认，负责人提交后得到回执编号。审核员认领之前可以撤回。",
                "The preparer hands over, the certifier submits and receives a receipt number. Until "
                "an officer claims it, "
                "it can be withdrawn.",
            ),
            _B(
                "没有发生的填0；不适用的选“不适用”并写明原因；不知道的先空着，空着不等于0。",
                "Type 0 for nothing; mark “not applicable” with a reason where the item does not "
                "fit; leave unknown items "
                "empty for now: empty is not 0.",
            ),
            _B(
                "忘记密码又没有填写邮箱的，请本人到县级审核员处核实身份，领取恢复码，在登录页面点“我有恢复码”。",
                "Forgot the password and gave no email address? The county officer checks who you are and hands you a "
                "recovery code: choose “I have a recovery code” on the sign-in page.",
            ),
            _B(
                "回执和登记凭证在“凭证与回执”，可以生成PDF；收到的人用手机扫码就能核验。",
                "Receipts and the record of registration are under “Papers”, as PDF; whoever gets one "
                "can verify it by telephone.",
            ),
            _B(
                "“政策支持”逐项说明条件是否满足、依据哪个数据、还差多少；企业没有同意“政策支持”用途的，只列条件。"
                "可以申请的，由填报人填写、负责人提交。",
                "“Policy support” says of each condition whether it is met, by which figure, and what is missing; "
                "without that purpose the conditions alone. The preparer fills it in, the certifier submits it.",
            ),
            _B(
                "地址、联系人和主要产品有变化，在“企业信息”点“更新基本信息”自行更改，无需审核；"
                "每年的企业规模和依据的数据也在那里。",
                "Address, contact and products you keep current yourself: “Change your particulars” on the profile. "
                "Your size class of each year stands there too, with its figures.",
            ),
            _B(
                "规模以下工业企业可以勾选按产业链比率推算增加值（107），推算的数会注明；自己填写的数优先。",
                "Below-scale industry may let value added (107) be estimated from the chain’s rate; it is marked as "
                "estimated, and a figure of your own takes its place.",
            ),
            _B(
                "“企业信息”列出平台登记的企业情况及来源。负责人在这里邀请同事、分派填报和确认，也可以收回数据用途。",
                "“Enterprise profile” shows what is on record and from where. There a certifier invites colleagues, "
                "gives and ends posts, and takes purposes back.",
            ),
            _B(
                "填写申请时，按任何一个按钮都会保存已填的内容和所选的文件；没有保存的会留在页面上并说明原因。",
                "Whatever you press on an application, what you typed and the files you chose are kept; what could not "
                "be kept stays on the page, with the reason.",
            ),
        ),
        frozenset({Role.PREPARER, Role.CERTIFIER}),
    ),
    Part(
        _B("县级审核", "County officers"),
        (
            _B(
                "“填报审核”按审核期限（工作日）排序。无异常的可以勾选（一页或整个列表）后批量通过，有异常的逐份打开。",
                "“Filings to review” is sorted by due date, in working days. Clean ones of a page or of the whole list "
                "can be ticked and approved in a batch, flagged ones one by one.",
            ),
            _B(
                "打开一份填报，先看“需要关注”：异常项、改动项和主要指标。点任意一项可以看近八个季度和企业说明。",
                "Open a filing and look at “Needs attention” first. Any row shows its last eight quarters and the "
                "enterprise’s explanation.",
            ),
            _B(
                "有异常的项在图上画出提示线，旁边是同链同规模企业的中位数（至少10家）；通过的交叉核对可展开查看对照数据。",
                "A flagged row has its flag line in the chart, and the median of enterprises of its chain and size "
                "(ten at least) beside it. Cross-checks that passed unfold with the figures they compared.",
            ),
            _B(
                "从筛选后的列表打开的填报，办完后接着打开这个列表的下一份；返回列表时，筛选和位置都还在。",
                "A filing opened from a filtered list leads to the next one of that list; going back, the filter and "
                "your place are kept.",
            ),
            _B(
                "可以就某一项提问，也可以退回修改。退回要写明理由，系统自动给出重报期限。",
                "Ask about a single item, or return the filing with a reason; the date by which it should come back is "
                "set for you.",
            ),
            _B(
                "通过后数据即进入统计；十分钟内本人可以撤销，之后由县级负责人重新打开。",
                "Approved figures count at once. You can undo within ten minutes; after that the "
                "county lead can reopen.",
            ),
            _B(
                "规模以上状态由你按名录录入，并注明来源；企业自己不能填。",
                "Above-scale status is entered by you from the list, with its source; enterprises never enter it.",
            ),
            _B(
                "整份名录可以从Excel或CSV导入：在“企业名录”下载模板，上传后先看预览，错误按单元格列出，确认后才写入。",
                "A whole list is loaded from Excel or CSV: take the template from “Enterprises”, look at the "
                "preview with each fault at its cell, then confirm.",
            ),
            _B(
                "“催报”先列出还没有提交的企业，勾选后发送；同一企业每天最多提醒一次。",
                "“Remind” lists who has not filed before anything is sent; an enterprise is reminded "
                "once a day at most.",
            ),
            _B(
                "截止日过后、全部审完，县级负责人在“确认并锁定”确认本季度数据；锁定后不能再改，由市局负责人说明理由才能解除。",
                "Once the day to file has passed and all is decided, the county lead accepts the quarter under "
                "“Accept and lock”. Nothing of it can be changed then; only the bureau lead takes the lock back, "
                "with a reason.",
            ),
            _B(
                "位置或行业登记有误的，在企业页面“更改链上位置”，写明起始日期和依据。",
                "A wrong position or class is changed on the enterprise’s page, from a day on and with its source.",
            ),
            _B(
                "企业人员无法登录的，当面核实身份后，在企业页面的“人员”中发放恢复码。恢复码只显示一次，24小时内有效，"
                "系统会通知本人和同事。",
                "Who cannot sign in any more comes in person: check who it is and issue a recovery code under “People” "
                "on the enterprise’s page. It is shown once, good for 24 hours, and person and colleagues are told.",
            ),
            _B(
                "企业规模每年1月1日起按上年四个季度已通过的填报自动计算。“企业名录”的“企业规模”可以筛出今年有变化的、上年数据不全的企业。",
                "Size classes are computed for each 1 January from the approved filings of the year before. The "
                "register’s filter “Size class” lists what changed this year and whose last year is not complete.",
            ),
            _B(
                "“企业登记审核”核对营业执照和名称，确定填报单元后通过；“政策申请”逐项核对条件，报市局决定。",
                "Under “Registrations” compare licence and name and set the reporting unit; under “Applications” check "
                "each condition for the bureau’s decision.",
            ),
            _B(
                "“凭证与回执”是本县企业的文书，县级负责人可以写明理由撤销，并在企业页面重新出具登记凭证。“运行总览”“统计数据”“计划与目录”可以查阅。",
                "“Papers” are those of your enterprises; the county lead revokes one with a reason, and issues a new "
                "record on the enterprise’s page. “Overview”, “Figures” and “Plan and catalogue” are there to read.",
            ),
        ),
        frozenset({Role.COUNTY_OFFICER, Role.COUNTY_LEAD}),
    ),
    Part(
        _B("市局", "The city bureau"),
        (
            _B(
                "“计划与目录”里的名称、归属和目标都可以修改：起草、提交，由另一人发布，从指定季度起生效，以前的季度不变。",
                "Names, assignments and targets under “Plan and catalogue” can be changed: draft, submit, and a second "
                "person publishes from a quarter on. Earlier quarters stay as they were.",
            ),
            _B(
                "“统计数据”只含已通过的填报，每个合计都写明范围和报送率。",
                "“Figures” hold approved filings only; every total names its frame and its response.",
            ),
            _B(
                "“运行总览”看目标进度、规模层级、各县、产业链图谱和风险提示；官方数由你录入，注明来源，与平台汇总数分开列。",
                "“Overview” shows pace to the targets, the scale ladder, counties, the chain map and risk warnings; "
                "official figures are entered with their source and stand apart from the portal’s sums.",
            ),
            _B(
                "“数据发布”：一人准备，另一人签发；签发前公众看不到。可能推算出单个企业的数自动隐去。",
                "“Releases”: one prepares, another signs off; until then the public sees nothing. What would "
                "give an enterprise away is hidden by itself.",
            ),
            _B(
                "“填报审核”里的“各县（市、区）确认情况”列出十个填报单元是否已锁定；全部锁定后为最终数。点缺报数看缺报名单。",
                "“Acceptance by the counties” under “Filings to review” shows which of the ten units have locked the "
                "quarter; once all have, its figures are final. The number missing opens the list by name.",
            ),
            _B(
                "政策申请先由县级审核，再由市局负责人决定；“政策管理”先起草，由另一人发布；“政策预算”和“名单”由市局录入。",
                "“Applications” are checked by the county and decided by the bureau lead; “Policies” are drafted and "
                "published by a second person; “Support budgets” and “Dated lists” are entered, or loaded from a file.",
            ),
            _B(
                "“填报审核”“企业登记审核”“企业名录”“凭证与回执”可以查看各县情况，审核由县级负责；查看会留下记录。",
                "“Filings to review”, “Registrations”, “Enterprises” and “Papers” show every county; the county "
                "decides, and reading a case is recorded.",
            ),
            _B(
                "季度填报期由市局负责人在“计划与目录”的“报送期”开启或延长。",
                "The bureau lead opens or extends a quarter’s filing window under “Plan and catalogue”.",
            ),
        ),
        frozenset({Role.BUREAU_OFFICER, Role.BUREAU_LEAD, Role.CHAIN_OFFICER}),
    ),
    Part(
        _B("审计与系统管理", "Audit and administration"),
        (
            _B(
                "审计日志记录谁在什么时候做了什么，不能修改。命令flask audit verify可以核对整条记录。",
                "The “Audit trail” says who did what and when; it cannot be changed. `flask audit "
                "verify` checks it whole.",
            ),
            _B(
                "审计人员可以查阅“填报审核”“企业登记审核”“政策申请”“企业名录”“凭证与回执”“运行总览”“统计数据”"
                "“数据发布”“政策管理”“计划与目录”，不能改动；查看审核件会留下记录。",
                "The auditor reads “Filings to review”, “Registrations”, “Applications”, “Enterprises”, “Papers”, "
                "“Overview”, “Figures”, “Releases”, “Policies” and “Plan and catalogue”, and changes nothing; reading "
                "a case is recorded.",
            ),
            _B(
                "管理员在“账号管理”开通和停用账号，为机关账号发放恢复码、重置第二步验证（须写明如何核实了身份），在“后台任务”处理停放的任务，"
                "看不到企业数据。",
                "Under “Accounts” the administrator opens and disables accounts, issues recovery codes "
                "to accounts of offices and resets "
                "second steps (saying how the person was identified), looks after “Background jobs”, and sees no "
                "enterprise’s figures.",
            ),
        ),
        frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
    ),
)


def guide(person: Actor) -> list[Part]:
    """All parts; the reader's own open, and for a stranger what everybody may do and how to begin."""
    mine = person.roles or frozenset({Role.APPLICANT})
    is_stranger = person.account_id is None
    return [Part(p.title, p.steps, p.roles, bool(p.roles & mine) or (is_stranger and not p.roles)) for p in PARTS]
