"""FastAPI and Django as they should be."""

from typing import Annotated

import httpx
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from fastapi import Depends, FastAPI
from shop.models import Customer
from shop.session import session_of
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

api = FastAPI()
LEDGER = "https://ledger.internal/api/"


@api.get("/customers/{number}")
async def customer(number: int, name: str, session: Annotated[AsyncSession, Depends(session_of)]):
    found = await session.execute(text("SELECT * FROM customers WHERE name = :name"), {"name": name})
    return {"number": number, "rows": [dict(row) for row in found]}


@api.get("/balance/{account}")
async def balance(account: str):
    async with httpx.AsyncClient(timeout=5) as client:
        answer = await client.get(LEDGER + account)
    return answer.json()


def profile(request, number):
    found = get_object_or_404(Customer, pk=number)
    if request.method == "POST":
        found.name = request.POST["name"]
        found.save()
        return redirect("profile", number=found.pk)
    return JsonResponse({"name": found.name, "q": request.GET.get("q", "")})


def health(request):
    return HttpResponse("ok")
