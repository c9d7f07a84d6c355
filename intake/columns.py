"""What the five files of a tape are called, which columns they have and by what other labels lenders send them."""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The five files of a tape, in the order in which they are loaded."""

    BORROWERS = "borrowers"
    CONTACTS = "contacts"
    LOANS = "loans"
    INSTALMENTS = "instalments"
    PAYMENTS = "payments"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the longest text it may hold, whether a row may leave it empty, and its other labels."""

    field: str
    longest: int
    labels: tuple[str, ...] = ()
    required: bool = True


# Shared by several files, so that a lender's label means the same in each of them.
BORROWER_NO = Column("borrower_no", 40, ("borrower", "borrower id", "customer no", "客户号", "客户编号", "借款人编号"))
LOAN_NO = Column(
    "loan_no", 40, ("loan", "loan id", "contract no", "借据号", "借款编号", "合同号", "合同编号", "贷款编号")
)

COLUMNS: dict[Kind, tuple[Column, ...]] = {
    Kind.BORROWERS: (
        BORROWER_NO,
        Column("name", 100, ("full name", "borrower name", "姓名", "客户姓名", "借款人姓名")),
        Column("id_number", 18, ("id no", "id card", "national id", "身份证号", "身份证号码", "证件号码")),
        Column(
            "phone", 32, ("mobile", "phone number", "手机", "手机号", "手机号码", "联系电话", "电话"), required=False
        ),
        Column("phone_source", 20, ("source", "number source", "号码来源", "手机号来源", "电话来源"), required=False),
        Column("email", 254, ("e-mail", "mail", "邮箱", "电子邮箱", "电子邮件"), required=False),
        Column("province", 40, ("省", "省份"), required=False),
        Column("city", 40, ("市", "城市"), required=False),
        Column("address", 300, ("street address", "地址", "联系地址", "详细地址", "住址"), required=False),
        Column("language", 10, ("lang", "语言", "沟通语言")),
    ),
    Kind.CONTACTS: (
        BORROWER_NO,
        Column("name", 100, ("contact name", "姓名", "联系人", "联系人姓名")),
        Column("relation", 40, ("relationship", "关系", "与借款人关系")),
        Column("phone", 32, ("mobile", "phone number", "手机", "手机号", "手机号码", "联系电话", "联系人电话", "电话")),
        Column("source", 20, ("phone source", "number source", "来源", "号码来源", "电话来源"), required=False),
    ),
    Kind.LOANS: (
        LOAN_NO,
        BORROWER_NO,
        Column("portfolio", 40, ("portfolio code", "book", "资产包", "资产包编号")),
        Column("product", 40, ("product code", "产品", "产品名称", "贷款产品")),
        Column("principal", 20, ("loan amount", "本金", "贷款本金", "借款本金", "借款金额", "贷款金额", "放款金额")),
        Column("annual_rate", 20, ("rate", "interest rate", "年利率", "利率")),
        Column("disbursed_on", 10, ("disbursed", "disbursement date", "放款日", "放款日期", "借款日期")),
        Column("instalment_count", 6, ("instalments", "number of instalments", "期数", "总期数", "分期数")),
    ),
    Kind.INSTALMENTS: (
        LOAN_NO,
        Column("seq", 6, ("instalment", "instalment no", "number", "期次", "期号", "第几期")),
        Column("due_on", 10, ("due", "due date", "到期日", "应还日期", "应还日", "还款日")),
        Column("principal_due", 20, ("principal", "应还本金", "本金")),
        Column("interest_due", 20, ("interest", "应还利息", "利息")),
    ),
    Kind.PAYMENTS: (
        Column(
            "payment_ref",
            60,
            ("payment no", "payment id", "reference", "流水号", "还款流水号", "交易流水号", "支付流水号"),
        ),
        LOAN_NO,
        Column(
            "received_on", 10, ("received", "value date", "payment date", "还款日期", "入账日期", "到账日期", "起息日")
        ),
        Column("amount", 20, ("payment amount", "金额", "还款金额", "实还金额")),
        Column("channel", 20, ("payment channel", "渠道", "还款渠道", "支付渠道", "还款方式")),
    ),
}

# What names one row of a file: the same key twice is a duplicate.
KEYS: dict[Kind, tuple[str, ...]] = {
    Kind.BORROWERS: ("borrower_no",),
    Kind.CONTACTS: ("borrower_no", "name", "phone"),
    Kind.LOANS: ("loan_no",),
    Kind.INSTALMENTS: ("loan_no", "seq"),
    Kind.PAYMENTS: ("payment_ref",),
}

FILE_LABELS: dict[Kind, tuple[str, ...]] = {
    Kind.BORROWERS: ("borrower", "借款人", "客户"),
    Kind.CONTACTS: ("contact", "联系人"),
    Kind.LOANS: ("loan", "借款", "贷款", "借据"),
    Kind.INSTALMENTS: ("instalment", "schedule", "分期", "还款计划"),
    Kind.PAYMENTS: ("payment", "还款", "流水", "还款流水"),
}

# The columns that a reject file adds in front; they say nothing about the row and are left out when it comes back.
REJECT_COLUMNS = ("line", "field", "rule")


def plain_label(text: str) -> str:
    """A header label without case, spaces, underscores or full-width forms."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())


_BY_LABEL: dict[Kind, dict[str, str]] = {
    kind: {plain_label(label): column.field for column in columns for label in (column.field, *column.labels)}
    for kind, columns in COLUMNS.items()
}
_BY_NAME = {plain_label(label): kind for kind, labels in FILE_LABELS.items() for label in (kind.value, *labels)}


def field_of(kind: Kind, label: str) -> str | None:
    """The portal's field for a header label, or None for a column the portal does not know."""
    return _BY_LABEL[kind].get(plain_label(label))


def kind_of_name(file_name: str) -> Kind | None:
    """Which of the five files a name like `Payments.csv`, `payments.rejected.csv` or `还款.xlsx` means."""
    return _BY_NAME.get(plain_label(file_name.split(".", 1)[0]))


def kind_of_labels(labels: tuple[str, ...]) -> Kind | None:
    """The one kind whose columns are all there; None when no kind or more than one would do."""
    fits = [
        kind
        for kind, columns in COLUMNS.items()
        if {column.field for column in columns} <= {field_of(kind, label) for label in labels}
    ]
    return fits[0] if len(fits) == 1 else None
