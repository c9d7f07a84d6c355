"""A small tape as a lender sends it, sound or with three broken rows."""

from pathlib import Path

BORROWERS = """borrower_no,name,id_number,phone,phone_source,email,province,city,address,language
B1,李顺华,990000200202020022,15800000001,contract,b1@example.test,北京市,北京市,海淀区中关村大街2号,zh-hans
B2,张平,{id_of_b2},17700000002,contract,b2@example.test,广东省,深圳市,南山区科苑路3号,zh-hans
"""
CONTACTS = """borrower_no,name,relation,phone,source
B1,李贵,colleague,17700000001,{source_of_contact}
"""
LOANS = """loan_no,borrower_no,portfolio,product,principal,annual_rate,disbursed_on,instalment_count
L1,B1,consumer,instalment,8000.00,0.18,2024-12-10,1
L2,B2,consumer,instalment,3000.00,0.12,2024-12-10,2
"""
INSTALMENTS = """loan_no,seq,due_on,principal_due,interest_due
L1,1,2025-01-10,8000.00,0.00
L2,1,2025-01-15,1500.00,30.00
L2,2,2025-02-15,1500.00,15.00
"""
PAYMENTS = """payment_ref,loan_no,received_on,amount,channel
L2-P1,L2,2025-01-15,{amount_of_payment},alipay
"""

SOUND = {"id_of_b2": "990000200003030041", "source_of_contact": "contract", "amount_of_payment": "1530.00"}
BROKEN = {"id_of_b2": "990000200003030042", "source_of_contact": "", "amount_of_payment": "1530.005"}


def write_tape(folder: Path, values: dict[str, str]) -> list[Path]:
    """The five files in a folder."""
    texts = {
        "borrowers": BORROWERS,
        "contacts": CONTACTS,
        "loans": LOANS,
        "instalments": INSTALMENTS,
        "payments": PAYMENTS,
    }
    folder.mkdir()
    files = []
    for kind, text in texts.items():
        path = folder / f"{kind}.csv"
        path.write_text(text.format(**values), encoding="utf-8")
        files.append(path)
    return files
