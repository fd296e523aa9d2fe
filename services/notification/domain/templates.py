"""The texts, in Chinese: title and body. They name tasks, hazards, masked labels, places and times, and
never a person; a red message is marked as urgent when it is rendered."""

from collections.abc import Mapping

TEMPLATES: Mapping[str, tuple[str, str]] = {
    "task-assigned": ("新任务：{kind}", "{community}：{what}已派给您（{urgency}），请及时接单处理。编号 {task_id}"),
    "task-offered": (
        "可接任务：{kind}",
        "{community}：{what}正在征集接单（{urgency}），{until} 前有效，先接先得。编号 {task_id}",
    ),
    "task-returned": ("任务被退回：{kind}", "{community}：{what}被退回，已退 {bounces} 次，请重新指派。编号 {task_id}"),
    "task-transferred": ("任务转入：{kind}", "{what}已转到贵处，请安排处理。编号 {task_id}"),
    "task-urged": ("催办：{kind}", "{community}：{what}被催办，请尽快处理。编号 {task_id}"),
    "task-at-risk": ("即将超时：{kind}", "{community}：{what}的{clock}时限为 {due_at}，请抓紧。编号 {task_id}"),
    "task-overdue": ("已超时：{kind}", "{community}：{what}的{clock}时限 {due_at} 已过，请立即处理。编号 {task_id}"),
    "task-escalated": (
        "超时上报（第{level}级）：{kind}",
        "{community}：{what}超过{clock}时限仍未处理，现上报，请督办。编号 {task_id}",
    ),
    "task-cancelled": ("任务取消：{kind}", "{community}：{what}已取消，无需再办。编号 {task_id}"),
    "task-reopened": ("任务重开：{kind}", "{community}：{what}已重新打开，请重新指派。编号 {task_id}"),
    "task-to-arrange": (
        "待派责任人",
        "{community}：{what}（{urgency}），请于 {due_at} 前明确责任人和整改期限。编号 {task_id}",
    ),
    "check-needed": ("安全核实", "{community}：多次敲门无人应答，请立即上门核实安全，{due_at} 前办结。编号 {task_id}"),
    "hazard-found": (
        "发现{level}隐患：{what}",
        "{community} {place}：{what}，{level}，{disposition}。请立即到场处置。编号 {hazard_id}",
    ),
    "hazard-reopened": (
        "隐患复发：{what}",
        "{community} {place}：{what}再次出现，{level}。请立即到场处置。编号 {hazard_id}",
    ),
    "hazard-ordered": (
        "隐患整改：{what}",
        "{community}：{what}（{level}）由您负责整改，第{round}轮，期限 {due_at}。编号 {hazard_id}",
    ),
    "hazard-taken-over": (
        "隐患整改转交给您：{what}",
        "{community}：{what}（{level}）改由您负责，期限 {due_at}。编号 {hazard_id}",
    ),
    "hazard-given-over": (
        "隐患整改已转出：{what}",
        "{community}：{what}（{level}）已改由他人负责，您无需再办。编号 {hazard_id}",
    ),
    "hazard-extended": (
        "整改延期：{what}",
        "{community}：{what}的整改期限由 {original_due_at} 延至 {due_at}，第{extensions}次延期。编号 {hazard_id}",
    ),
    "hazard-recheck-failed": (
        "复查未通过：{what}",
        "{community}：{what}（{level}）复查未通过，进入第{round}轮整改，期限 {due_at}。编号 {hazard_id}",
    ),
    "hazard-listed": ("挂牌督办：{what}", "{community}：{what}（{level}）已挂牌督办，请督促整改。编号 {hazard_id}"),
    "hazard-delisted": ("督办摘牌：{what}", "{community}：{what}（{level}）已摘牌。编号 {hazard_id}"),
    "round-started": ("敲门行动开始", "{community}：本轮走访共 {targets} 户，{ends} 结束。编号 {round_id}"),
}
